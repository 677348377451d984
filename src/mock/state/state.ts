/** All that a running mock holds, whatever protocols it speaks. */
import type { ServerResponse } from 'node:http'

import { Memory } from '../persona/memory.ts'
import { type MockOverrides, type MockSettings, resolveSettings } from '../persona/settings.ts'
import { type ConnectionStats, Connections } from './connections.ts'
import { MockRecorder, type RequestStats } from './record.ts'

/** Counts since the start or the last reset. */
export type MockStats = RequestStats & ConnectionStats

/** A running mock's settings, memory and records. */
export interface MockState {
  /** What was asked for, before persona and defaults. */
  overrides: MockOverrides
  settings: MockSettings
  record: MockRecorder
  readonly connections: Connections
  readonly memory: Memory
  /** Open event streams, by user. */
  readonly subscribers: Map<string, ServerResponse>
}

/** A fresh state. Throws UsageError when a setting is wrong. */
export function createState(overrides: MockOverrides): MockState {
  const settings = resolveSettings(overrides)
  return {
    overrides,
    settings,
    record: new MockRecorder(),
    connections: new Connections(),
    memory: new Memory(),
    subscribers: new Map(),
  }
}

/** Puts settings on top of those that hold; what is not named stays. Throws UsageError and changes nothing when one is wrong. */
export function updateState(state: MockState, overrides: MockOverrides): void {
  const merged = { ...state.overrides, ...overrides }
  state.settings = resolveSettings(merged)
  state.overrides = merged
}

/** Counts, log, conversations and the request numbers begin again; settings stay. */
export function resetState(state: MockState): void {
  // Requests in flight keep the old recorder, so that their ends do not count against new beginnings.
  state.record = new MockRecorder()
  state.connections.reset()
  state.memory.clear()
}

export function statsOf(state: MockState): MockStats {
  return { ...state.record.stats(), ...state.connections.stats() }
}
