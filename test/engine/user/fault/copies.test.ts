import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { FAULTS, faultProto, rawGrpcServer } from '../../../servers/grpc-raw.ts'
import { type RunInput, runScenario } from '../../../support/run.ts'

test('copies over gRPC that were written when their attempt failed are sent: the target has met them', {
  timeout: 60_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'copies-'))
  writeFileSync(join(folder, 'faults.proto'), faultProto())
  onTestFinished(() => rmSync(folder, { recursive: true }))
  let met = 0
  const server = await rawGrpcServer(0, {
    status503: (stream) => {
      met += 1
      FAULTS.status503?.(stream)
    },
  })
  onTestFinished(() => server.stop())
  const { result } = await runScenario(
    {
      ...{ name: 'copies', seed: 'copies', load: [{ iterations: 400, users: 8 }] },
      target: { url: server.url, grpc: { proto: join(folder, 'faults.proto'), service: 'faults.Faults', method: 'status503' } },
      steps: [{ name: 'send', request: { message: { text: 'hello' } } }],
      faults: [{ duplicate: 3, gap: '0ms..1ms', probability: '100%' }],
    } as unknown as RunInput,
    { allowLag: true },
  )
  expect(result.total.counts).toMatchObject({ planned: 400, failed: 400 })
  const { copiesPlanned, copies, copiesNeverSent } = result.faults?.kinds[0] ?? {}
  expect([copiesPlanned, Number(copies) + Number(copiesNeverSent)]).toEqual([1200, 1200])
  // Some of each kind, or nothing was proved.
  expect([Number(copies) > 0, Number(copiesNeverSent) > 0]).toEqual([true, true])
  await vi.waitFor(() => expect(met).toBeGreaterThanOrEqual(400 + Number(copies)))
  expect([met, result.faults?.sent]).toEqual([400 + Number(copies), 400 + Number(copies)])
})
