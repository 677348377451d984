/**
 * Cleans up after tests. Test files of one worker share their modules, so an `afterEach` in a helper would work for the first file only.
 */
const removals = new Set<() => Promise<void>>()

/** Registers a function that is called after every test to clean up. */
export function afterEveryTest(removal: () => Promise<void>): void {
  removals.add(removal)
}

/** Calls all registered clean-up functions. */
export async function removeLeftovers(): Promise<void> {
  for (const removal of removals) await removal()
}
