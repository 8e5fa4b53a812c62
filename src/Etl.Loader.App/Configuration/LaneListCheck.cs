using Microsoft.Extensions.Configuration;

namespace Etl.Loader.App.Configuration;

/// <summary>The faults of <c>Loader:Lanes</c>: which targets' lanes a process serves.</summary>
internal static class LaneListCheck
{
    public static IEnumerable<ConfigurationFault> FindFaults(IConfigurationSection lanes, IReadOnlyList<string> targets)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var lane in lanes.GetChildren())
        {
            var name = lane.Value ?? "";
            if (!targets.Contains(name, StringComparer.Ordinal))
            {
                yield return new(
                    lane.Path,
                    $"is '{name}'; expected one of the targets: {Nearest.Among(name, targets)}");
            }
            else if (!seen.Add(name))
            {
                yield return new(lane.Path, $"is '{name}', which is already in the list; name each lane once");
            }
        }
    }
}
