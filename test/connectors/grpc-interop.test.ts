import { interopServer } from '../servers/grpc-interop.ts'
import { interopCases } from './grpc-interop-cases.ts'

interopCases('the library that burn itself uses', async () => {
  const server = await interopServer()
  return {
    url: server.url,
    counts: async () => ({ calls: server.calls.length, cancelled: server.cancelled }),
    stop: () => server.stop(),
  }
})
