/** A port whose queue of connections is full: to connect there neither succeeds nor fails. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'

/** It listens, and then its thread stands still, so that it accepts nothing. */
const LISTENER = `
const { createServer } = require('node:net')
const { parentPort } = require('node:worker_threads')
const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort.postMessage(server.address().port)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
})`
/** A connection that takes longer than this, in ms, found no room. */
const ROOM_MS = 300

export interface FullBacklog {
  readonly port: number
  stop(): Promise<void>
}

/** Starts it on 127.0.0.1, any free port, and fills the queue. */
export async function fullBacklog(): Promise<FullBacklog> {
  const worker = new Worker(LISTENER, { eval: true })
  const [port] = (await once(worker, 'message')) as [number]
  const fillers: Socket[] = []
  do fillers.push(connect(port, '127.0.0.1').on('error', () => {}))
  while (await connects(fillers.at(-1)))
  return {
    port,
    async stop() {
      for (const filler of fillers) filler.destroy()
      await worker.terminate()
    },
  }
}

function connects(socket: Socket | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ROOM_MS)
    socket?.once('connect', () => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}
