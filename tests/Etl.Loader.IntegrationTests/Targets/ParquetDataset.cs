using DuckDB.NET.Data;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Parquet;
using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Targets;

/// <summary>A Parquet file of ten row groups, each a chunk: <c>id</c> from 1 and <c>name</c>.</summary>
internal sealed class ParquetDataset(string directory)
{
    public const int Rows = 20_000;

    private static readonly TargetColumn[] Columns = [new(0, "id", "id", new(TypeKind.BigInt)), new(1, "name", "name", ColumnType.Text)];
    private static readonly ParquetSurveyor Surveyor = new(new ParquetLimits(ChunkRows: 1));

    private SourceFile File => new("orders.parquet", Path.Combine(directory, "orders.parquet"));

    public void Write(string word)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"COPY (SELECT i AS id, '{word} ' || i AS name FROM range(1, {Rows + 1}) r(i)) TO '{File.Path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)";
        command.ExecuteNonQuery();
    }

    public async Task<StageRequest> RequestAsync(TargetDriver loader, CancellationToken token)
    {
        var request = await loader.RequestAsync("orders", new MemoryDataset(Columns, []));
        return await SurveyAsync(request, token);
    }

    /// <summary>The same load, as the file is now.</summary>
    public async Task<StageRequest> SurveyAsync(StageRequest request, CancellationToken token)
    {
        var survey = await Surveyor.SurveyAsync(new SurveyRequest { Files = [File] }, new Progress<long>(), token);
        return request with { Survey = survey, Columns = Columns, Reader = Surveyor.CreateReader(survey, [File], [.. Columns.Select(c => c.Type)]) };
    }
}
