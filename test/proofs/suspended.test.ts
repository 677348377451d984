/** A generator that was stopped for half a second must say that its numbers are not valid, and not call the target slow. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import type { Result } from '../../src/result/schema.ts'
import { threadMock } from '../engine/targets.ts'
import { onQuietMachine } from '../support/quiet.ts'

const BURN = join(import.meta.dirname, '..', '..', 'bin', 'burn.js')

test('burn stopped by SIGSTOP for 500 ms exits with 4', { timeout: 120_000 }, async (context) => {
  await onQuietMachine(context, async () => judge(await stopped()))
})

async function stopped() {
  const mock = await threadMock({})
  const folder = mkdtempSync(join(tmpdir(), 'burn-suspended-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const flags = ['-e', `${mock.url}/health`, '--set', 'target.http.method=GET', '-m', 'x', '-r', '200', '-d', '4', '--json']
  const burn = spawn(process.execPath, [BURN, 'run', ...flags, '--out', join(folder, 'run')], {
    stdio: ['ignore', 'pipe', 'ignore'],
    cwd: folder,
  })
  onTestFinished(() => void burn.kill('SIGKILL'))
  const output = text(burn.stdout)
  const exited = new Promise<number | null>((resolve) => burn.once('exit', resolve))
  // Not before it is well under way.
  await expect.poll(async () => (await mock.stats()).requests, { timeout: 20_000 }).toBeGreaterThan(200)
  burn.kill('SIGSTOP')
  await sleep(500)
  burn.kill('SIGCONT')
  return { code: await exited, result: JSON.parse(await output) as Result }
}

function judge({ code, result }: Awaited<ReturnType<typeof stopped>>): void {
  expect(code).toBe(4)
  expect(result.verdict).toBe('invalid')
  expect(result.validity.state).toBe('invalid')
  expect(result.validity.reasons.map((reason) => reason.code)).toContain('stall')
  expect(result.generator.stalledMs).toBeGreaterThan(350)
  expect(result.generator.lag.max).toBeGreaterThan(350)
  // All that was planned still was sent, late, and the lateness is not in service_time.
  expect(result.total.counts).toMatchObject({ planned: 800, ok: 800, dropped: 0 })
  const { service_time: service, response_time: response } = result.total.distributions
  expect(service?.percentiles.p95).toBeLessThan((response?.percentiles.p95 ?? 0) / 2)
}
