namespace Etl.Loader.Dashboard.Access;

/// <summary>What someone may do.</summary>
internal enum Role
{
    /// <summary>Reads everything but the raw text of rejected rows, and changes nothing.</summary>
    Viewer,

    /// <summary>Reads everything and acts on loads and lanes.</summary>
    Operator,
}
