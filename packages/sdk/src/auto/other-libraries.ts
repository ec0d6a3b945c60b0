import { observeBullMq, observeS3, observeSessions, observeUploads, observeWebSockets } from '@quipu/http/auto'
import type { Library } from './libraries.js'

/** Libraries beside the web framework. For an `import`, Node loads their CommonJS modules, except for formidable. */
export const otherLibraries: readonly Library[] = [
  { name: 'express-session', kind: 'sessions', isCommonJs: true, files: /^index\.js$/, observe: observeSessions },
  {
    name: '@fastify/session',
    kind: 'sessions',
    isCommonJs: true,
    files: /^lib\/session\.js$/,
    observe: observeSessions,
  },
  { name: 'busboy', kind: 'uploads', isCommonJs: true, observe: observeUploads },
  { name: '@fastify/busboy', kind: 'uploads', isCommonJs: true, observe: observeUploads },
  { name: 'formidable', kind: 'uploads', files: /^(?:src|lib|dist)\/index\.c?js$/, observe: observeUploads },
  {
    name: '@aws-sdk/client-s3',
    kind: 'storage',
    isCommonJs: true,
    files: /^dist-cjs\/index\.js$/,
    observe: observeS3,
  },
  { name: 'bullmq', kind: 'jobs', isCommonJs: true, observe: observeBullMq },
  { name: 'ws', kind: 'sockets', isCommonJs: true, files: /^lib\/websocket\.js$/, observe: observeWebSockets },
]
