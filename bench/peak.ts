/** Preloaded into a measured process: says at its end how much memory it had at most, all threads together. */
process.on("exit", () => {
  process.stderr.write(`peak ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB\n`);
});
