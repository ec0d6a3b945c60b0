// publish.mjs [SOCKET ADDRESS PORT]…: forwards connections of each socket to that address, in this network namespace.
import { connect, createServer } from 'node:net'

const [, , ...args] = process.argv
const servers = []
for (let i = 0; i < args.length; i += 3) {
  const [socket, host, port] = args.slice(i, i + 3)
  const server = createServer({ allowHalfOpen: true }, (outer) => {
    const inner = connect({ host, port: Number(port), allowHalfOpen: true })
    inner.on('error', () => outer.destroy())
    outer.on('error', () => inner.destroy())
    outer.pipe(inner).pipe(outer)
  })
  servers.push(new Promise((resolve) => server.listen(socket, resolve)))
}
await Promise.all(servers)
console.log('published')
