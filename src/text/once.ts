/**
 * Returns a function that calls `make` the first time it is called, and returns the value made then at every call. It is meant for values that take
 * long to make and that few commands use, such as a large regular expression: made while a module loads, they would delay the start of every
 * command.
 */
export function once<T extends object>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}
