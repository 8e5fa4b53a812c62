using System.Globalization;
using System.Text.RegularExpressions;
using Etl.Loader.App.Composition;
using Etl.Loader.Queue.Lanes;

namespace Etl.Loader.Tests.Docs;

/// <summary>A shutdown in order needs each limit to be longer than the one inside it: the chunk's, the lane's, the host's, the service manager's.</summary>
public partial class ShutdownLimitsTests
{
    [Theory]
    [InlineData("infra/systemd/etl-loader.service", "TimeoutStopSec=")]
    [InlineData("infra/systemd/etl-loader-watcher.service", "TimeoutStopSec=")]
    [InlineData("infra/kubernetes/base/loader.yaml", "terminationGracePeriodSeconds: ")]
    [InlineData("infra/kubernetes/base/watcher.yaml", "terminationGracePeriodSeconds: ")]
    [InlineData("docker-compose.yml", "stop_grace_period: ")]
    public void The_service_manager_waits_longer_than_the_process_takes(string file, string key)
    {
        var lane = new LaneOptions();
        Assert.True(lane.ChunkGrace < lane.Shutdown);
        Assert.True(lane.Shutdown < WebHost.StopPatience);
        var lines = Repository.Page(file).Split('\n').Where(line => line.TrimStart().StartsWith(key, StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.True(WebHost.StopPatience.TotalSeconds < int.Parse(Digits().Match(line).Value, CultureInfo.InvariantCulture), line));
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
