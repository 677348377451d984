/**
 * Returns a function that makes a value when it is called first, and returns this value from then on. For what takes long to make and few commands use,
 * such as a pattern over the letters of all scripts: a module that makes it while it loads makes every command start later.
 */
export function once<T extends object>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}
