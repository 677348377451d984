/** The first attempts of each kind that needs no limit: that they stand out is known as soon as they end. */
import { beginningKept } from '../metrics/quality/flagged.ts'
import type { AttemptPlace } from '../metrics/quality/measure.ts'

/** An attempt that stands out by itself, and what shows it. */
export interface NotedAttempt extends AttemptPlace {
  /** Index of its step in the plan. */
  readonly step: number
  /** What shows that it stands out: of a failure its class and message; '' where the kind says it all. */
  readonly evidence: string
}

/** The kinds that need no limit. */
export type NotedKind = 'failed' | 'empty' | 'repeated'

/** How many attempts of each kind, and of each limit, are kept with their evidence. */
export const MAX_LISTED = 50

/** Keeps the first 50 attempts of each kind. */
export class NotedAttempts {
  private readonly kept: Readonly<Record<NotedKind, NotedAttempt[]>> = { failed: [], empty: [], repeated: [] }

  /** Whether one more attempt of a kind would be kept. */
  hasRoom(kind: NotedKind): boolean {
    return this.kept[kind].length < MAX_LISTED
  }

  /** Keeps an attempt, if there is room. */
  add(kind: NotedKind, place: Omit<NotedAttempt, 'evidence'>, evidence: string): void {
    if (this.hasRoom(kind)) this.kept[kind].push({ ...place, evidence: beginningKept(evidence) })
  }

  /** Returns the attempts of a kind, in the order in which they ended. */
  of(kind: NotedKind): readonly NotedAttempt[] {
    return this.kept[kind]
  }
}
