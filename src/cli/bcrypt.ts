/** As Caddy's basic auth takes it. `cost` is a power of two. bcrypt ignores all but the first 72 bytes of a password. */
export async function bcryptHash(password: string, cost: number): Promise<string> {
  const bcrypt = await import('bcryptjs');
  return await bcrypt.hash(password, cost);
}
