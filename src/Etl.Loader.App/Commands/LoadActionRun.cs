using Etl.Loader.App.Composition;
using Etl.Loader.App.Output;

namespace Etl.Loader.App.Commands;

/// <summary>Acts on each of several loads: what one refuses does not keep the others from it.</summary>
internal static class LoadActionRun
{
    public static async Task<int> EachAsync(
        LoaderAccess loader, IEnumerable<string> prefixes, Surroundings surroundings, Func<LoadId, Task<string>> act, CancellationToken token)
    {
        var result = ExitCodes.Done;
        foreach (var prefix in prefixes)
        {
            try
            {
                var load = await loader.Queries.ResolveAsync(prefix, token);
                surroundings.Out.WriteLine(await act(load));
            }
            catch (LoaderException fault) when (fault is not NotReachableException)
            {
                result = Failure.Report(fault, surroundings.Error);
            }
        }

        return result;
    }
}
