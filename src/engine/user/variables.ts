/** Variables by name. Values are plain data at every depth: templates and conditions read nothing but own properties. */
export type Variables = Record<string, unknown>
