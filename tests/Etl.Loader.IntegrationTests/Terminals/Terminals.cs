namespace Etl.Loader.IntegrationTests.Terminals;

/// <summary>The tests that share one home; they run one after the other, each with several terminals at once.</summary>
[CollectionDefinition(Name)]
public sealed class Terminals : ICollectionFixture<TerminalHome>
{
    public const string Name = "terminals";
}
