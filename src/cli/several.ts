/**
 * For a flag that may be given again. It takes one value each time: a flag that takes all that follow would take the paths of
 * the command as well.
 */
export function several(
  standard: readonly string[] = [],
): (text: string, before?: readonly string[]) => readonly string[] {
  return (text, before = standard) => [...(before === standard ? [] : before), text];
}
