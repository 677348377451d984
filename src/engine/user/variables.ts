/** The variables of an iteration, by name. Values are plain data at any depth: templates and conditions read only own properties. */
export type Variables = Record<string, unknown>
