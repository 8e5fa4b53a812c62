using Etl.Loader.App;
using Etl.Loader.App.Commands;
using Etl.Loader.App.Output;

using var signals = new StopSignals();
return await CommandLine.RunAsync(args, Surroundings.Real, signals.Token);
