import { readdirSync, readFileSync } from 'node:fs'
import { defineConfig } from 'vitest/config'
import { PATIENCE_MS, POLL_MS } from './test/support/patience.ts'
import { LongSpread } from './test/support/sequencer.ts'
import { FUZZ_TIMES } from './test/support/share.ts'

// Many tests run real servers and processes. On a machine that others use as well, one may be held up for longer than it allows for:
// what is wrong fails twice.
const retry = process.env.CI ? 1 : 0
// Whoever runs the tests may be behind a proxy, of which `validate` warns, or in a CI runner, whose log gets commands broken.
const proxies = ['http_proxy', 'https_proxy', 'all_proxy', 'grpc_proxy'].flatMap((name) => [name, name.toUpperCase()])
const env = Object.fromEntries([...proxies, 'CI', 'GITHUB_ACTIONS', 'TF_BUILD', 'TEAMCITY_VERSION'].map((name) => [name, '']))
const common = {
  env,
  setupFiles: 'test/support/setup.ts',
  testTimeout: 120_000 * FUZZ_TIMES,
  hookTimeout: 120_000,
  expect: { poll: { timeout: PATIENCE_MS, interval: POLL_MS } },
  retry,
}

/** Files that prove by many cases or with many processes of burn, not by measuring: they may share the machine, and take too long for `npm test`. */
const PROOFS = [
  'test/proofs/{failing-disk,false-alarms,settled-workers,simulator}.test.ts',
  'test/cli/workers/{followed,shards,stop-when,workers}.test.ts',
  'test/cli/{detach,killed,no-network,run/live-terminal,schedule/schedule,selftest/measure,startup,streams,tail}.test.ts',
]

/** The same of files outside test/proofs, of which `npm test` takes a share of the cases: those that ask how large the share is. */
const SHARED = [
  ...readdirSync(`${import.meta.dirname}/test`, { recursive: true, encoding: 'utf8' })
    .filter(
      (name) =>
        name.endsWith('.test.ts') && /support\/share\.ts'$/m.test(readFileSync(`${import.meta.dirname}/test/${name}`, 'utf8')),
    )
    .map((name) => `test/${name.replaceAll('\\', '/')}`),
  'test/connectors/{*contract,grpc,mqtt,sse}.test.ts',
]

/** Files that hold the HTTP/1.1 client of burn; the project `undici` runs them with undici in its place. */
const HTTP1 = [
  'test/connectors/{http,http-*,sse,sse-*}.test.ts',
  'test/connectors/http/head-filter.test.ts',
  'test/connectors/sse/*.test.ts',
]
const UNDICI = { find: /^.*\/http1\/line\.ts$/, replacement: `${import.meta.dirname}/src/connectors/http/undici.ts` }

/**
 * Files that break HTTP/2 off in the middle of headers. Node ends the process (`current_nghttp2_memory_`, nodejs/node#39951) when it frees such
 * a session later, so each of them has a process of its own.
 */
const BROKEN_HTTP2 = ['test/connectors/{http2-*,http/http2/*,grpc-protocol}.test.ts', 'test/engine/faults-streams.test.ts']

export default defineConfig({
  test: {
    // Of all projects together: of each project by itself, it would run once for each.
    globalSetup: 'test/support/build.ts',
    // Twice as many as a small machine has cores: half of the time of a test is waiting for a server, a process or a deadline.
    maxWorkers: 4,
    sequence: { sequencer: LongSpread },
    // What the tests call in their own process; the commands that they start as processes of their own count for nothing.
    coverage: { provider: 'v8', include: ['src/**'], reporter: ['text-summary', 'html'], reportsDirectory: 'coverage' },
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/integration/**', 'test/bench/**', 'test/proofs/**', ...PROOFS, ...BROKEN_HTTP2],
          // Most of what tests make is short-lived: with room for it, less of it is moved before it is dropped.
          execArgv: ['--min-semi-space-size=64'],
          // The files of a worker share its process and its modules: to start and to load these for each took a fifth of the time.
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        resolve: { alias: [UNDICI] },
        test: {
          ...common,
          name: 'undici',
          include: HTTP1,
          env: { ...env, BURN_TEST_CLIENT: 'undici' },
          // As of `unit`: one process for the files of a worker.
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
      { test: { ...common, name: 'http2', include: BROKEN_HTTP2, sequence: { groupOrder: 1 } } },
      {
        test: {
          ...common,
          name: 'cases',
          include: [...PROOFS, ...SHARED],
          env: { ...env, BURN_TEST_ALL_CASES: '1' },
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Measurements: one at a time, so that they have the machine to themselves.
        test: {
          ...common,
          name: 'proofs',
          include: ['test/proofs/**/*.test.ts'],
          exclude: PROOFS,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
