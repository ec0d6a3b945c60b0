export { instrumentFetch, type ObserveOptions, observeModelCalls } from '@quipu/wire'
