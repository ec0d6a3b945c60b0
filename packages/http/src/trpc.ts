export { type QuipuTrpcOptions, quipuTrpc } from './trpc/quipu-trpc.js'
