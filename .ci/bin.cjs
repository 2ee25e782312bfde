#!/usr/bin/env node
// What is started where caddyctl is installed. Plain enough for any Node, so that one too old is told so and shows no stack.
'use strict';
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 22)) {
  process.stderr.write(`caddyctl needs Node 22.22 or newer, and this is Node ${process.versions.node}.\n`);
  process.exitCode = 1;
} else {
  require('node:module').enableCompileCache();
  const verbs = ['VERBS'];
  const isForHelp = !process.argv.slice(2).some((word) => verbs.includes(word));
  module.exports = isForHelp ? require('../lib/help.cjs') : require('../lib/caddyctl.cjs');
}
