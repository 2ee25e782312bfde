/** Sites in the clear on one port of loopback, by name and what they answer. */
export function sitesOn(port: number, bodies: Readonly<Record<string, string>>): string {
  const each = Object.entries(bodies).map(
    ([name, body]) => `  ${name}.example.com: { listen: '127.0.0.1:${port}', tls: off, respond: ${body} }\n`,
  );
  return `sites:\n${each.join('')}`;
}
