/** Variables by name. Values are plain own properties at every depth, because templates and conditions read nothing else. */
export type Variables = Record<string, unknown>
