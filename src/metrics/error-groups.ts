/** Groups failures that are alike, so that ids inside messages do not make a group each. */
import type { Exchange } from '../exchange.ts'
import type { ErrorGroup } from '../result/schema.ts'
import { hintFor } from './hints.ts'

/** Groups kept; what comes after them is counted under one group named "other". */
const MAX_GROUPS = 200
const MAX_SAMPLE = 300
/** Fingerprint of the group that takes what comes after the last one kept. */
export const OTHER = 'other'

/** Message with its ids, numbers, quoted parts and addresses taken out. */
export function fingerprint(message: string): string {
  return message
    .slice(0, MAX_SAMPLE)
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '<id>')
    .replace(/\b(?=\w*\d)\w{8,}\b/g, '<id>')
    .replace(/\d+(?:\.\d+)*/g, '<n>')
}

interface Group {
  class: string
  phase: string
  step: string
  fingerprint: string
  sample: string
  count: number
  firstAt: number
  lastAt: number
  onReused: number
}

export class ErrorGroups {
  private readonly groups = new Map<string, Group>()

  /** Counts one failed attempt. */
  add(exchange: Exchange, step: string): void {
    const failure = exchange.failure
    if (!failure) return
    const print = fingerprint(failure.message)
    const key = `${step}\n${failure.class}\n${failure.phase}\n${print}`
    const group =
      this.groups.get(key) ?? this.open(key, failure.class, failure.phase, step, print, failure.message, exchange.endedAt)
    group.count += 1
    group.lastAt = exchange.endedAt
    if (exchange.reused) group.onReused += 1
  }

  private open(
    key: string,
    failureClass: string,
    phase: string,
    step: string,
    print: string,
    message: string,
    at: number,
  ): Group {
    const full = this.groups.size >= MAX_GROUPS
    const id = full ? `other ${failureClass}` : key
    const known = this.groups.get(id)
    if (known) return known
    const group: Group = {
      class: failureClass,
      phase,
      step,
      fingerprint: full ? OTHER : print,
      sample: message.slice(0, MAX_SAMPLE),
      count: 0,
      firstAt: at,
      lastAt: at,
      onReused: 0,
    }
    this.groups.set(id, group)
    return group
  }

  /** Largest first; times in ms since `startedAt`. */
  toResult(startedAt: number): ErrorGroup[] {
    return [...this.groups.values()]
      .sort((a, b) => b.count - a.count)
      .map(({ firstAt, lastAt, onReused, ...group }) => ({
        ...group,
        firstMs: firstAt - startedAt,
        lastMs: lastAt - startedAt,
        hint: hintFor(group.class, group.sample),
        ...(onReused > 0 ? { onReused } : {}),
      }))
  }
}
