#!/usr/bin/env node
// What is started where caddyctl is installed. Plain enough for any Node, so that one too old is told so and shows no stack.
'use strict';
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 22)) {
  process.stderr.write(`caddyctl needs Node 22.22 or newer, and this is Node ${process.versions.node}.\n`);
  process.exitCode = 1;
} else {
  keepCompiled();
  const verbs = ['VERBS'];
  const isForHelp = !process.argv.slice(2).some((word) => verbs.includes(word));
  module.exports = isForHelp ? require('../lib/help.cjs') : require('../lib/caddyctl.cjs');
}

/**
 * Node's compile cache is code that is run, and Node's own choice a folder below /tmp, which any other user may have made and
 * filled. So it is kept where nobody else can write, or not at all; `NODE_COMPILE_CACHE` goes before this.
 */
function keepCompiled() {
  try {
    const { isAbsolute, join } = require('node:path');
    const { XDG_CACHE_HOME: given = '' } = process.env;
    const home = isAbsolute(given) ? given : require('node:os').homedir();
    const { uid, mode } = require('node:fs').statSync(home);
    const isOurs = process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
    if (isOurs) require('node:module').enableCompileCache(join(home, isAbsolute(given) ? '' : '.cache', 'caddyctl/compiled'));
  } catch {
    // No home, or none that can be looked at: every start compiles anew.
  }
}
