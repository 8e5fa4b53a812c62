namespace Etl.Loader.App.Configuration;

/// <summary>One thing wrong with the configuration: the key, and what is allowed there.</summary>
internal sealed record ConfigurationFault(string Key, string Problem)
{
    public override string ToString() => $"{Key} {Problem}.";
}
