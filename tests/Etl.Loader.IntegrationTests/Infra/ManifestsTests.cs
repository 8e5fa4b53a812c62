using Etl.Loader.IntegrationTests.EndToEnd;
using k8s;

namespace Etl.Loader.IntegrationTests.Infra;

/// <summary>The manifests of <c>infra/kubernetes</c> are rendered where there is a <c>kubectl</c>, and what they ask of a process is there.</summary>
public sealed class ManifestsTests
{
    [Theory]
    [InlineData("overlays/example", "Deployment", "Service", "ServiceAccount", "ConfigMap", "Secret", "NetworkPolicy", "PodDisruptionBudget", "PersistentVolumeClaim")]
    [InlineData("migrate", "Job", "Secret")]
    public async Task Kustomize_renders_them_closed_and_with_generated_names(string directory, params string[] kinds)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/kubectl") || File.Exists("/usr/local/bin/kubectl"), "There is no kubectl here.");
        var (code, said) = await RunningVerb.RunAsync("kubectl", $"kustomize {Repository.Root}/infra/kubernetes/{directory}", new Dictionary<string, string>(), Path.GetTempPath());
        Assert.True(code == 0, said);

        // By the types that the project makes of Kubernetes' own description of its API: a field that it does not know, or of another type, is an error.
        var objects = KubernetesYaml.LoadAllFromString(said, strict: true).OfType<IKubernetesObject>().Select(o => o.Kind);
        Assert.Equal(kinds.Order(), objects.Distinct().Order());
        var containers = said.Split("image: etl-loader:").Length - 1;
        Assert.True(containers > 0);
        Assert.Equal(containers, said.Split("readOnlyRootFilesystem: true").Length - 1);
        Assert.Equal(containers, said.Split("runAsNonRoot: true").Length - 1);

        // A changed configuration or secret has another name, and so brings new pods up.
        Assert.DoesNotMatch("secretName: etl-loader-(watcher|loader|owner)\n", said);
    }
}
