/** An HTTP server with a number of slots, each of which serves one request at a time for a drawn time; others wait in their order. */
import { createServer, type ServerResponse } from 'node:http'
import { listen } from './http-faults.ts'

interface Slots {
  /** How many requests are served at once. */
  readonly slots: number
  /** Draws how long a request takes, in ms. */
  readonly serviceMs: () => number
}

/** Starts one on 127.0.0.1, any free port. */
export async function slotServer({ slots, serviceMs }: Slots) {
  const waiting: ServerResponse[] = []
  let free = slots
  const serve = (response: ServerResponse): void => {
    setTimeout(() => {
      response.end('served')
      // Whoever has left is not served.
      const next = takeNext()
      if (next) serve(next)
      else free += 1
    }, serviceMs())
  }
  const takeNext = () => {
    let next = waiting.shift()
    while (next?.destroyed) next = waiting.shift()
    return next
  }
  const server = createServer((request, response) => {
    request.resume()
    if (free === 0) {
      waiting.push(response)
      return
    }
    free -= 1
    serve(response)
  })
  const port = await listen(server)
  return { url: `http://127.0.0.1:${port}/`, server }
}
