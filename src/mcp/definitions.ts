/** All that the server offers, whole. In the bundle this is loaded with the first request that is more than a list (registries.ts). */
export { prompts } from '../prompts/index.ts';
export { resources } from '../resources/index.ts';
export { tools } from '../tools/index.ts';
