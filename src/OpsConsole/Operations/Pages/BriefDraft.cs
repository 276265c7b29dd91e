namespace OpsConsole.Operations.Pages;

/// <summary>The brief while somebody writes it.</summary>
internal sealed class BriefDraft
{
    internal BriefDraft(Brief brief)
    {
        (Problem, Motivation, Assumptions, Expectations) = (brief.Problem, brief.Motivation, brief.Assumptions, brief.Expectations);
        (ModelMetric, ModelLine, BusinessMetric, BusinessLine) = (brief.ModelMetric, brief.ModelLine, brief.BusinessMetric, brief.BusinessLine);
    }

    public string? Problem { get; set; }

    public string? Motivation { get; set; }

    public ModelMetric ModelMetric { get; set; }

    public double ModelLine { get; set; }

    public BusinessMetric BusinessMetric { get; set; }

    public double BusinessLine { get; set; }

    public string? Assumptions { get; set; }

    public string? Expectations { get; set; }

    /// <summary>As it stands.</summary>
    internal Brief ToBrief() => new()
    {
        Problem = Problem?.Trim() ?? "",
        Motivation = Motivation?.Trim() ?? "",
        ModelMetric = ModelMetric,
        ModelLine = ModelLine,
        BusinessMetric = BusinessMetric,
        BusinessLine = BusinessLine,
        Assumptions = Assumptions?.Trim() ?? "",
        Expectations = Expectations?.Trim() ?? "",
    };
}
