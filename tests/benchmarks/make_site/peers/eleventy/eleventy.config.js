// Everything comes from the templates' own data: no collections, no passthrough, no preprocessing.
export default function (config) {
  config.setQuietMode(true);
  config.setUseGitIgnore(false);
  config.setFreezeReservedData(false);
  config.setDataDeepMerge(false);
  return { templateFormats: ["11ty.js"], dir: { input: "site", output: "output" } };
}
