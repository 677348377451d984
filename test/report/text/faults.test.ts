import { expect, test } from 'vitest'
import { faultsText } from '../../../src/report/text/faults.ts'
import type { InjectedFault } from '../../../src/result/schema.ts'

const fault = (kind: string, counts: Partial<InjectedFault>): InjectedFault => ({
  kind,
  offered: 100,
  expected: 10,
  drawn: 10,
  injected: 10,
  ok: 0,
  failed: 0,
  blamed: 0,
  serverErrors: 0,
  cut: 0,
  ...counts,
})

test.each<[InjectedFault, string]>([
  [fault('drift', { ok: 7, failed: 3, blamed: 3 }), 'drift 10 (7 accepted, 3 rejected)'],
  [
    fault('corrupt', { failed: 10, blamed: 9, serverErrors: 4 }),
    'corrupt 10 (0 accepted, 5 rejected, 4 answered 5xx, 1 failed by themselves)',
  ],
  [fault('duplicate', { ok: 10 }), 'duplicate 10 (0 copies)'],
  [fault('duplicate', { ok: 10, copies: 8, copiesNeverSent: 2 }), 'duplicate 10 (8 copies, 2 more never sent)'],
  [fault('drop', { ok: 2, failed: 8, blamed: 8 }), 'drop 10 (2 ok, 8 failed)'],
])('%j', (kind, text) => {
  const total = { counters: {} } as Parameters<typeof faultsText>[0]['total']
  expect(faultsText({ faults: { kinds: [kind], failures: 0, failureShare: 0, sent: 100 }, total })).toBe(
    `${text} · the target was sent 100`,
  )
})
