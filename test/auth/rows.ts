/** The authorization header of each user. */
import type { opened } from './harness.ts'

export const headersOf = async (made: Awaited<ReturnType<typeof opened>>, users: readonly number[]) => {
  const all: unknown[] = []
  for (const user of users) all.push((await made.attempt(user)).headers.authorization)
  return all
}
