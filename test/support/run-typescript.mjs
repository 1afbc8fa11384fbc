// Lets plain Node run sources unbuilt: `node --conditions=source --import ./test/support/run-typescript.mjs file.ts`.
// Node strips the types by itself; only the `.js` of relative imports has to find the `.ts` that it stands for.
import { registerHooks } from 'node:module'

registerHooks({
  resolve: (specifier, context, next) => {
    const ofSource = specifier.startsWith('.') && context.parentURL?.endsWith('.ts') && !context.parentURL.includes('/node_modules/')
    return next(ofSource ? specifier.replace(/\.js$/, '.ts') : specifier, context)
  },
})
