import fc from "fast-check";

/**
 * Properties draw the same cases at every run, so that a green build stays green until somebody changes something.
 * `PROPERTY_SEED=… npm test` draws others.
 */
fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 20261121) });
