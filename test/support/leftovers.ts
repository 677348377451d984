/** What tests leave running or lying about. Files of one worker share their modules: a hook in a module would serve the first of them only. */
const removals = new Set<() => Promise<void>>()

/** Adds what is to be called after every test. */
export function afterEveryTest(removal: () => Promise<void>): void {
  removals.add(removal)
}

/** Calls all of them. */
export async function removeLeftovers(): Promise<void> {
  for (const removal of removals) await removal()
}
