/** What one user's templates and conditions read, by name. Plain own properties throughout: the engines read nothing else. */
export type Variables = Record<string, unknown>
