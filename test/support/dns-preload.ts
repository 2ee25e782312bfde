import promises from 'node:dns/promises';
import { syncBuiltinESMExports } from 'node:module';

// For a program under test: its names are asked of the test's own server.
const server = process.env['TEST_DNS'] ?? '';
promises.Resolver = class extends promises.Resolver {
  constructor(...options: ConstructorParameters<typeof promises.Resolver>) {
    super(...options);
    this.setServers([server]);
  }
};
syncBuiltinESMExports();
