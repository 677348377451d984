/** Journal entries and a header for tests. */
import type { JournalEntry, JournalHeader } from '../../src/store/journal/entry.ts'

export const HEADER: Omit<JournalHeader, 'journal' | 'level'> = {
  runId: 'run-1',
  scenarioName: 'support-chat',
  scenarioFile: 'a.yaml',
  scenarioHash: 'h',
  seed: '42',
  startTime: 1_700_000_000_000,
}

export function entry(over: Partial<JournalEntry> = {}): JournalEntry {
  return {
    runId: 'run-1',
    user: 0,
    iteration: 0,
    step: 'open',
    attempt: 1,
    phase: 'main',
    target: 'default',
    intendedAtMs: 1,
    sentAtMs: 2,
    endedAtMs: 100,
    ttfbMs: 10,
    ttftMs: 12,
    outcome: 'ok',
    failure: null,
    status: 200,
    bytesSent: 10,
    bytesReceived: 20,
    prompt: 'Hi',
    reply: 'Hello',
    usage: null,
    finishReason: 'stop',
    warnings: [],
    ...over,
  }
}
