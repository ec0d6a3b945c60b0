export { type ObserveHttpClientsOptions, observeHttpClients } from './node/observe-http-clients.js'
export { ignoreRequest, type ObserveHttpServersOptions, observeHttpServers } from './node/observe-http-servers.js'
