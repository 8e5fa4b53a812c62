using Etl.Loader.Targets.Staging;

namespace Etl.Loader.Targets.DuckDb.Staging;

/// <summary>One method of writing rows into the staging table. For one thread.</summary>
internal interface IPartWriting
{
    /// <summary>Writes all parts that the source gives, one after the other, in the session's transaction. Returns their rows.</summary>
    long Run(Session session, TableName staging, IPartSource source, RejectList rejects);
}
