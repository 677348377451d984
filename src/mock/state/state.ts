/** The state of a running mock, shared by all its protocols. */
import type { ServerResponse } from 'node:http'

import { Memory } from '../persona/memory.ts'
import { type MockOverrides, resolveSettings } from '../persona/settings.ts'
import { type ConnectionStats, Connections } from './connections.ts'
import { PromptCache } from './prompt-cache.ts'
import { MockRecorder, type RequestStats } from './record.ts'
import { MockWork } from './work.ts'

/** The mock's counts of requests and connections since its start or last reset. */
export type MockStats = RequestStats & ConnectionStats

/** The state of a running mock: its settings, the conversations that it remembers, and the log and counts of requests. */
export type MockState = ReturnType<typeof createState>

/** Returns the state of a mock that has just started. @throws UsageError for an invalid setting */
export function createState(overrides: MockOverrides) {
  return {
    /** The settings that the user gave, without those of the persona and the defaults. */
    overrides,
    settings: resolveSettings(overrides),
    record: new MockRecorder(),
    /** The slots for replies and the sums for `/metrics`. As on a real server, a reset does not clear them. */
    work: new MockWork(),
    connections: new Connections(),
    memory: new Memory(),
    prompts: new PromptCache(),
    /** The open event streams of `/sse/events`, by user. */
    subscribers: new Map<string, ServerResponse>(),
  }
}

/**
 * Changes some settings of a running mock. If one is invalid, none is changed.
 * @throws UsageError for an invalid setting
 */
export function updateState(state: MockState, overrides: MockOverrides): void {
  const merged = { ...state.overrides, ...overrides }
  state.settings = resolveSettings(merged)
  state.overrides = merged
}

/**
 * Clears a mock's counts, log, conversations and cached prompts, and makes request numbers start at 0 again. The settings stay, and so do the metrics
 * of its page `/metrics`.
 */
export function resetState(state: MockState): void {
  // Requests in flight keep the old recorder, so that their ends are not counted in the new one.
  state.record = new MockRecorder()
  state.connections.reset()
  state.memory.clear()
  state.prompts.clear()
}

/** Returns the mock's counts of requests and connections since its start or last reset. */
export function statsOf(state: MockState): MockStats {
  return { ...state.record.stats(), ...state.connections.stats() }
}
