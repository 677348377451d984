import type { PlannedTarget } from '../scenario/compile/plan.ts'

/** A mock server that runs in burn's own process. */
export interface EmbeddedMock {
  /** Address of the server, such as `http://127.0.0.1:4010`, without a slash at the end. */
  readonly url: string
  close(): Promise<void>
}

/** A function that starts a mock server with the `mock` settings of a target. It rejects with LocalError when the mock cannot listen. */
export type StartMock = (settings: NonNullable<PlannedTarget['mock']>) => Promise<EmbeddedMock>

/**
 * Starts the mock servers that targets ask for, and resolves with a map from target names to mocks. If one fails, the others are closed.
 * @throws LocalError
 */
export async function startMocks(
  targets: readonly PlannedTarget[],
  start: StartMock | undefined,
): Promise<Map<string, EmbeddedMock>> {
  const mocks = new Map<string, EmbeddedMock>()
  try {
    for (const { name, mock } of targets) {
      if (mock === undefined) continue
      if (!start) throw new Error(`target ${name} wants an embedded mock, and nothing here can start one`)
      mocks.set(name, await start(mock))
    }
    return mocks
  } catch (error) {
    for (const mock of mocks.values()) await mock.close()
    throw error
  }
}
