"""Ways in which cards name the parents of a model: said outright, or only looking like it."""

# ruff: noqa: E501 (sentences of cards stay whole)

from collections.abc import Callable

import pytest

from catalog.records import DerivedFrom
from catalog.vocabulary import squash
from ingest.extract import provenance
from ingest.extract.card_text import CardText

SAID: list[tuple[str, dict[str, str]]] = [
    ("This model is based on xlm-roberta-base and was fine-tuned on CoNLL-2003.", {"xlm-roberta-base": "finetune"}),
    ("We started from the `bert-base-cased` checkpoint and trained it on tweets.", {"bert-base-cased": "finetune"}),
    ("The weights were initialised from RoBERTa-large.", {"RoBERTa-large": "initialization"}),
    (
        "The model was initialized with the weights of bert-base-multilingual-cased and then trained on Dutch legal text.",
        {"bert-base-multilingual-cased": "initialization"},
    ),
    ("Built on top of DistilBERT base uncased.", {"DistilBERT base uncased": "finetune"}),
    ("A classifier on top of DistilRoBERTa-base that detects irony.", {"DistilRoBERTa-base": "finetune"}),
    (
        "A Turkish NER model using `dbmdz/bert-base-turkish-cased` as backbone.",
        {"dbmdz/bert-base-turkish-cased": "finetune"},
    ),
    ("This is the ELECTRA-base model fine-tuned for question answering.", {"ELECTRA-base": "finetune"}),
    ("fine-tuned Longformer-base-4096 for SQuAD", {"Longformer-base-4096": "finetune"}),
    (
        "The base model is [google/electra-small-discriminator](https://huggingface.co/google/electra-small-discriminator).",
        {"google/electra-small-discriminator": "finetune"},
    ),
    ("Base model: bert-base-uncased", {"bert-base-uncased": "finetune"}),
    ("- **Base architecture:** RoBERTa base\n- **Language:** English", {"RoBERTa base": "finetune"}),
    ("Pretrained model: `microsoft/deberta-v3-base`", {"microsoft/deberta-v3-base": "finetune"}),
    ("| | |\n|---|---|\n| Base model | roberta-base |\n| Task | NLI |", {"roberta-base": "finetune"}),
    (
        "| Base Model | Dataset | Epochs |\n|---|---|---|\n| bert-base-cased | CoLA | 3 |",
        {"bert-base-cased": "finetune"},
    ),
    ("It is a version of mBART-50 fine-tuned for summarisation of Hindi news.", {"mBART-50": "finetune"}),
    ("This repository contains a fine-tuned T5-small that writes titles.", {"T5-small": "finetune"}),
    ("Sentiment model, fine-tuned from vinai/bertweet-base.", {"vinai/bertweet-base": "finetune"}),
    (
        "Using transfer learning, facebook/wav2vec2-large-xlsr-53 was adapted to Finnish speech.",
        {"facebook/wav2vec2-large-xlsr-53": "finetune"},
    ),
    (
        "Fine-tuned [facebook/wav2vec2-large-xlsr-53](https://huggingface.co/facebook/wav2vec2-large-xlsr-53) in Breton using the Common Voice dataset.",
        {"facebook/wav2vec2-large-xlsr-53": "finetune"},
    ),
    ("This is a fine-tune of Mistral-7B-v0.1 on my own chats.", {"Mistral-7B-v0.1": "finetune"}),
    ("An instruct model, SFT on top of Qwen2.5-7B.", {"Qwen2.5-7B": "finetune"}),
    ("The model is a LLaMA-2-13B fine-tuned with QLoRA on 20k dialogues.", {"LLaMA-2-13B": "finetune"}),
    ("Finetuned from Llama-3.1-8B-Instruct with Unsloth.", {"Llama-3.1-8B-Instruct": "finetune"}),
    ("We take the pre-trained CamemBERT model and fine-tune it on FQuAD.", {"CamemBERT": "finetune"}),
    (
        "We fine-tune `allenai/scibert_scivocab_uncased` on citation contexts.",
        {"allenai/scibert_scivocab_uncased": "finetune"},
    ),
    ("I fine tuned gpt2-medium on recipes.", {"gpt2-medium": "finetune"}),
    ("It has been created by fine-tuning BioBERT v1.1 on NCBI-disease.", {"BioBERT v1.1": "finetune"}),
    ("This is a BERT-base-uncased model that was trained to detect clickbait.", {"BERT-base-uncased": "finetune"}),
    (
        "Obtained by fine-tuning the German BERT released by deepset (bert-base-german-cased) on reviews.",
        {"bert-base-german-cased": "finetune"},
    ),
    ("Model trained by fine-tuning of xlnet-base-cased.", {"xlnet-base-cased": "finetune"}),
    (
        "The text encoder is `bert-base-uncased` and the image encoder is `google/vit-base-patch16-224`, both fine-tuned.",
        {"bert-base-uncased": "initialization", "google/vit-base-patch16-224": "initialization"},
    ),
    (
        "It extends `sentence-transformers/all-MiniLM-L6-v2` with training on legal pairs.",
        {"sentence-transformers/all-MiniLM-L6-v2": "finetune"},
    ),
    (
        "This is a [sentence-transformers](https://www.SBERT.net) model finetuned from [microsoft/mpnet-base](https://huggingface.co/microsoft/mpnet-base). It maps sentences to a 768 dimensional dense vector space.",
        {"microsoft/mpnet-base": "finetune"},
    ),
    (
        "We use the pretrained [`nreimers/MiniLM-L6-H384-uncased`](https://huggingface.co/nreimers/MiniLM-L6-H384-uncased) model and fine-tuned in on a 1B sentence pairs dataset.",
        {"nreimers/MiniLM-L6-H384-uncased": "finetune"},
    ),
    ("Underlying language model: dbmdz/bert-base-italian-cased", {"dbmdz/bert-base-italian-cased": "finetune"}),
    (
        "Parent Model: For more details see the [RoBERTa large model](https://huggingface.co/roberta-large)",
        {"roberta-large": "finetune"},
    ),
    (
        "- **Parent Model:** [bert-base-uncased](https://huggingface.co/bert-base-uncased)",
        {"bert-base-uncased": "finetune"},
    ),
    (
        "Backbone: [microsoft/resnet-50](https://huggingface.co/microsoft/resnet-50)",
        {"microsoft/resnet-50": "finetune"},
    ),
    ("Starting point for the training was AraBERT v0.2 base.", {"AraBERT v0.2 base": "finetune"}),
    ("Training began with the checkpoint `EleutherAI/gpt-neo-125M`.", {"EleutherAI/gpt-neo-125M": "finetune"}),
    (
        "Weights come from `EleutherAI/gpt-neo-1.3B`, fine-tuned for 3 epochs on poems.",
        {"EleutherAI/gpt-neo-1.3B": "finetune"},
    ),
    (
        "ConvNeXt Tiny (`facebook/convnext-tiny-224`), fine-tuned on Food-101.",
        {"facebook/convnext-tiny-224": "finetune"},
    ),
    ("A finetuned checkpoint of whisper-small for Hindi.", {"whisper-small": "finetune"}),
    ("This model is whisper-small further trained on Hindi Common Voice.", {"whisper-small": "finetune"}),
    ("The model uses RuBERT as the encoder and was fine-tuned on RuSentiment.", {"RuBERT": "finetune"}),
    ("Model: bert-base-chinese, dataset: DRCD", {"bert-base-chinese": "finetune"}),
    ("`roberta-base` fine-tuned on MNLI.", {"roberta-base": "finetune"}),
    ("roberta-base model for sentiment analysis", {"roberta-base": "finetune"}),
    (
        "# DeBERTa-v3-small for Natural Language Inference\n\nTrained on MNLI and FEVER.",
        {"DeBERTa-v3-small": "finetune"},
    ),
    ("This model was trained from `vinai/phobert-base`.", {"vinai/phobert-base": "finetune"}),
    (
        "The training was done on top of the `nghuyong/ernie-2.0-base-en` model.",
        {"nghuyong/ernie-2.0-base-en": "finetune"},
    ),
    (
        "BERTje-legal continues the pre-training of GroNLP/bert-base-dutch-cased on court decisions.",
        {"GroNLP/bert-base-dutch-cased": "continued-pretraining"},
    ),
    (
        "We continued pretraining `roberta-base` on 2B tokens of biomedical abstracts.",
        {"roberta-base": "continued-pretraining"},
    ),
    ("XLM-R base after further pre-training with MLM on tweets.", {"XLM-R base": "continued-pretraining"}),
    ("Domain-adaptive pretraining of RoBERTa-base on patents.", {"RoBERTa-base": "continued-pretraining"}),
    ("The model was initialized from SciBERT and pre-trained on patents.", {"SciBERT": "initialization"}),
    (
        "Initialized from `bert-base-uncased`, trained with MLM on 10 GB of legal text.",
        {"bert-base-uncased": "initialization"},
    ),
    ("Our model starts from mT5-base and is pre-trained on code-mixed text.", {"mT5-base": "finetune"}),
    ("It was warm-started from `google/mt5-small`.", {"google/mt5-small": "initialization"}),
    ("Weights initialised by copying from BERT-large uncased.", {"BERT-large uncased": "initialization"}),
    ("a Llama-2-7b model with continued pretraining on 30B Finnish tokens", {"Llama-2-7b": "continued-pretraining"}),
    ("It was distilled from `roberta-large-mnli`.", {"roberta-large-mnli": "distillation"}),
    ("Teacher: bert-large-uncased", {"bert-large-uncased": "distillation"}),
    ("The student was trained by knowledge distillation with BERT-base as the teacher.", {"BERT-base": "distillation"}),
    ("A 6-layer student of `xlm-roberta-base`.", {"xlm-roberta-base": "distillation"}),
    ("This is a distilled version of the BART-large-CNN model.", {"BART-large-CNN": "distillation"}),
    (
        "Knowledge was transferred from the teacher model `deepset/xlm-roberta-large-squad2`.",
        {"deepset/xlm-roberta-large-squad2": "distillation"},
    ),
    (
        "GGUF quantisations of [teknium/OpenHermes-2.5-Mistral-7B](https://huggingface.co/teknium/OpenHermes-2.5-Mistral-7B).",
        {"teknium/OpenHermes-2.5-Mistral-7B": "quantization"},
    ),
    (
        "This repo contains AWQ model files for [Meta's Llama 2 7B Chat](https://huggingface.co/meta-llama/Llama-2-7b-chat-hf).",
        {"meta-llama/Llama-2-7b-chat-hf": "quantization"},
    ),
    (
        "This repo contains GGUF format model files for [Intel's Neural Chat 7B v3-1](https://huggingface.co/Intel/neural-chat-7b-v3-1).",
        {"Intel/neural-chat-7b-v3-1": "quantization"},
    ),
    (
        "Original model: https://huggingface.co/HuggingFaceH4/zephyr-7b-beta",
        {"HuggingFaceH4/zephyr-7b-beta": "quantization"},
    ),
    (
        "- Original model: [Zephyr 7B Beta](https://huggingface.co/HuggingFaceH4/zephyr-7b-beta)",
        {"HuggingFaceH4/zephyr-7b-beta": "quantization"},
    ),
    (
        "4-bit quantized version of mistralai/Mistral-7B-Instruct-v0.2 with bitsandbytes.",
        {"mistralai/Mistral-7B-Instruct-v0.2": "quantization"},
    ),
    (
        "int8 ONNX of `sentence-transformers/all-MiniLM-L6-v2`, dynamically quantized.",
        {"sentence-transformers/all-MiniLM-L6-v2": "quantization"},
    ),
    (
        "static quants of https://huggingface.co/NousResearch/Hermes-3-Llama-3.1-8B",
        {"NousResearch/Hermes-3-Llama-3.1-8B": "quantization"},
    ),
    (
        "This model was converted to GGUF format from [`Qwen/Qwen2-7B`](https://huggingface.co/Qwen/Qwen2-7B) using llama.cpp",
        {"Qwen/Qwen2-7B": "quantization"},
    ),
    (
        "This model [lab/some-model](https://huggingface.co/lab/some-model) was converted to MLX format from [mistralai/Mistral-7B-v0.3](https://huggingface.co/mistralai/Mistral-7B-v0.3) using mlx-lm version **0.12**.",
        {"mistralai/Mistral-7B-v0.3": "conversion"},
    ),
    ("A LoRA adapter for `meta-llama/Llama-2-7b-hf`.", {"meta-llama/Llama-2-7b-hf": "adapter"}),
    ("This adapter was trained on top of mistralai/Mistral-7B-v0.1.", {"mistralai/Mistral-7B-v0.1": "adapter"}),
    (
        "An [adapter](https://adapterhub.ml) for the `bert-base-uncased` model that was trained on the sts dataset.",
        {"bert-base-uncased": "adapter"},
    ),
    (
        "LoRA weights trained on runwayml/stable-diffusion-v1-5. These are LoRA adaption weights.",
        {"runwayml/stable-diffusion-v1-5": "adapter"},
    ),
    (
        "These are LoRA adaption weights for stabilityai/stable-diffusion-xl-base-1.0. The weights were trained using DreamBooth.",
        {"stabilityai/stable-diffusion-xl-base-1.0": "adapter"},
    ),
    (
        "```python\nfrom peft import PeftModel\nmodel = AutoModelForCausalLM.from_pretrained('tiiuae/falcon-7b')\nmodel = PeftModel.from_pretrained(model, 'lab/some-model')\n```",
        {"tiiuae/falcon-7b": "adapter"},
    ),
    (
        "This is a merge of pre-trained language models created using mergekit.\n\n### Models Merged\n\nThe following models were included in the merge:\n* [teknium/OpenHermes-2.5-Mistral-7B](https://huggingface.co/teknium/OpenHermes-2.5-Mistral-7B)\n* [Intel/neural-chat-7b-v3-3](https://huggingface.co/Intel/neural-chat-7b-v3-3)\n",
        {"teknium/OpenHermes-2.5-Mistral-7B": "merge", "Intel/neural-chat-7b-v3-3": "merge"},
    ),
    ("A SLERP merge of Llama-3-8B-A and org/Llama-3-8B-B.", {"Llama-3-8B-A": "merge", "org/Llama-3-8B-B": "merge"}),
    (
        "```yaml\nslices:\n  - sources:\n      - model: org/a-7b\n        layer_range: [0, 32]\n      - model: org/b-7b\n        layer_range: [0, 32]\nmerge_method: slerp\nbase_model: org/a-7b\ndtype: bfloat16\n```",
        {"org/a-7b": "merge", "org/b-7b": "merge"},
    ),
    ("PyTorch port of the TensorFlow checkpoint of ALBERT-xlarge.", {"ALBERT-xlarge": "conversion"}),
    (
        "ONNX export of `distilbert-base-uncased-finetuned-sst-2-english`.",
        {"distilbert-base-uncased-finetuned-sst-2-english": "conversion"},
    ),
    ("This is a conversion of google/pegasus-large to Flax.", {"google/pegasus-large": "conversion"}),
    ("CoreML version of openai/clip-vit-base-patch32.", {"openai/clip-vit-base-patch32": "conversion"}),
    (
        "A smaller version of xlm-roberta-base that keeps only the tokens of Romance languages.",
        {"xlm-roberta-base": "vocabulary-reduction"},
    ),
    (
        "bert-base-multilingual-cased with its vocabulary reduced to Greek.",
        {"bert-base-multilingual-cased": "vocabulary-reduction"},
    ),
    (
        "Training:\n```\npython run_ner.py --model_name_or_path=xlm-roberta-base --train_file train.json --do_train\n```",
        {"xlm-roberta-base": "finetune"},
    ),
    (
        "```bash\nexport MODEL=bert-base-cased\npython train.py --model $MODEL --epochs 3\n```",
        {"bert-base-cased": "finetune"},
    ),
    ('```json\n{"model_name_or_path": "roberta-base", "num_train_epochs": 3}\n```', {"roberta-base": "finetune"}),
    (
        "```yaml\nbase_model: mistralai/Mistral-7B-v0.1\nsequence_len: 4096\nadapter: qlora\ndatasets:\n  - path: org/data\n```",
        {"mistralai/Mistral-7B-v0.1": "finetune"},
    ),
    ("Dieses Modell basiert auf bert-base-german-cased.", {"bert-base-german-cased": "finetune"}),
    ("Este modelo es una versión de BETO ajustada para análisis de sentimiento.", {"BETO": "finetune"}),
    ("Ce modèle est basé sur camembert-base.", {"camembert-base": "finetune"}),
    ("Modelo BERTimbau base fine-tuned em português.", {"BERTimbau base": "finetune"}),
    (
        "We fine-tuned the publicly available Multilingual BERT base (cased).",
        {"Multilingual BERT base cased": "finetune"},
    ),
    ("Based on the ALBERT architecture (albert-xlarge-v2), it answers questions.", {"albert-xlarge-v2": "finetune"}),
    ("spaCy pipeline with a `roberta-base` transformer.", {"roberta-base": "finetune"}),
    ("This is the NER model that ships with Flair. F1: 94. Based on Flair embeddings and LSTM-CRF.", {}),
    ("Based on document-level XLM-R embeddings and FLERT.", {}),
    ("ResNet-50 pretrained on ImageNet and fine-tuned on flowers.", {"ResNet-50": "finetune"}),
    (
        "`vit_base_patch16_224.augreg_in21k` fine-tuned on a beans dataset.",
        {"vit_base_patch16_224.augreg_in21k": "finetune"},
    ),
    ("BartForConditionalGeneration model fine tuned for summarization on 10000 samples.", {"Bart": "finetune"}),
    ("I selected 5k abstracts to fine-tune GPT-2 medium.", {"GPT-2 medium": "finetune"}),
    ("The corpus was used to fine-tune xlm-roberta-large.", {"xlm-roberta-large": "finetune"}),
    ("## Citation\n\nThis was based on a pretrained version of ALBERT.", {"ALBERT": "finetune"}),
    (
        "This is `google/mt5-base` finetuned on the Russian part of the WikiLingua dataset.",
        {"google/mt5-base": "finetune"},
    ),
    (
        "Our starting point is XLM-RoBERTa base, to which we add a token classification head.",
        {"XLM-RoBERTa base": "finetune"},
    ),
    (
        "A token classification head was put on `xlm-roberta-base` and trained for 5 epochs.",
        {"xlm-roberta-base": "finetune"},
    ),
    ("The network is a SpanBERT-large with a coreference head, fine-tuned end to end.", {"SpanBERT-large": "finetune"}),
    (
        "Model architecture: `bert-large-uncased-whole-word-masking` + linear layer, fine-tuned on SQuAD",
        {"bert-large-uncased-whole-word-masking": "finetune"},
    ),
    ("Pretrained weights: facebook/dino-vits16", {"facebook/dino-vits16": "finetune"}),
    (
        "Fine-tuning `distilbert-base-multilingual-cased` with 20k reviews gave this model.",
        {"distilbert-base-multilingual-cased": "finetune"},
    ),
    (
        "Here we release ruGPT3-small trained further on Dostoevsky, from sberbank-ai/rugpt3small_based_on_gpt2.",
        {"sberbank-ai/rugpt3small_based_on_gpt2": "finetune"},
    ),
    (
        "This German sentiment model derives from oliverguhr/german-sentiment-bert.",
        {"oliverguhr/german-sentiment-bert": "finetune"},
    ),
    (
        "The model is a variant of `google/bigbird-roberta-base` fine-tuned for long legal documents.",
        {"google/bigbird-roberta-base": "finetune"},
    ),
    ("A retrained version of `sshleifer/distilbart-cnn-12-6`.", {"sshleifer/distilbart-cnn-12-6": "finetune"}),
    ("LEGAL-BERT fine-tuned for contract clause classification.", {"LEGAL-BERT": "finetune"}),
    ("ClinicalBERT + NER head fine-tuned on i2b2 2010", {"ClinicalBERT": "finetune"}),
    ("We adapted KLUE-RoBERTa-base (`klue/roberta-base`) to sentence similarity.", {"klue/roberta-base": "finetune"}),
    ("Trained with SimCSE starting from `bert-base-uncased`.", {"bert-base-uncased": "finetune"}),
    (
        "Based on the [facebook/bart-large](https://huggingface.co/facebook/bart-large) architecture and weights.",
        {"facebook/bart-large": "finetune"},
    ),
    (
        "This model uses a pre-trained `google/vit-base-patch16-224-in21k` backbone.",
        {"google/vit-base-patch16-224-in21k": "finetune"},
    ),
    (
        "The checkpoint is a full-parameter fine-tune of google/gemma-2-9b with 1.2M instructions.",
        {"google/gemma-2-9b": "finetune"},
    ),
    ("DPO-tuned version of `argilla/notus-7b-v1`.", {"argilla/notus-7b-v1": "finetune"}),
    ("Instruction-tuned variant of bigscience/bloom-560m.", {"bigscience/bloom-560m": "finetune"}),
    ("Aligned with ORPO from `mistralai/Mistral-7B-v0.3`.", {"mistralai/Mistral-7B-v0.3": "finetune"}),
    ("It uses the LLaMA-3-8B foundation model, which we fine-tuned on medical Q&A.", {"LLaMA-3-8B": "finetune"}),
    ("**Fine-tuned from:** unsloth/mistral-7b-bnb-4bit", {"unsloth/mistral-7b-bnb-4bit": "finetune"}),
    ("* Base: `roberta-base`\n* Data: SST-2", {"roberta-base": "finetune"}),
    ("Foundation model: Llama 2 70B", {"Llama 2 70B": "finetune"}),
    ("- **Finetuned from model [optional]:** google/flan-t5-xl", {"google/flan-t5-xl": "finetune"}),
    (
        "- **Model type:** Causal LM\n- **Finetuned from:** [bigcode/starcoderbase](https://huggingface.co/bigcode/starcoderbase)",
        {"bigcode/starcoderbase": "finetune"},
    ),
    (
        "Encoder: `microsoft/codebert-base`\nDecoder: `gpt2`",
        {"microsoft/codebert-base": "initialization", "gpt2": "initialization"},
    ),
    (
        "A seq2seq model whose encoder and decoder were both initialised with `bert-base-german-cased`.",
        {"bert-base-german-cased": "initialization"},
    ),
    (
        "Weights of the first six layers were taken from `bert-base-cased`; training then continued with distillation.",
        {"bert-base-cased": "initialization"},
    ),
    (
        "It is a tiny student (14M) distilled with `intfloat/e5-large` as teacher.",
        {"intfloat/e5-large": "distillation"},
    ),
    ("Distillation of deberta-v3-large into 6 layers", {"deberta-v3-large": "distillation"}),
    ("8-bit version of EleutherAI/gpt-j-6B for cheap GPUs", {"EleutherAI/gpt-j-6B": "quantization"}),
    ("EXL2 quants of `Undi95/Toppy-M-7B`", {"Undi95/Toppy-M-7B": "quantization"}),
    (
        "Quantized by Intel Neural Compressor: INT8 `distilbert-base-uncased-finetuned-sst-2-english`",
        {"distilbert-base-uncased-finetuned-sst-2-english": "quantization"},
    ),
    ("GPTQ 4-bit quantised `TheBloke/Wizard-Vicuna-13B-HF`", {"TheBloke/Wizard-Vicuna-13B-HF": "quantization"}),
    (
        "Llamacpp imatrix Quantizations of gemma-2-9b-it\n\nOriginal model: https://huggingface.co/google/gemma-2-9b-it",
        {"google/gemma-2-9b-it": "quantization"},
    ),
    ("LoRA for stabilityai/sdxl-turbo in watercolor style", {"stabilityai/sdxl-turbo": "adapter"}),
    ("Prefix-tuning weights (PEFT) for `t5-large`", {"t5-large": "adapter"}),
    (
        "## Merge Details\n### Merge Method\n\nThis model was merged using the TIES merge method using [mistralai/Mistral-7B-v0.1](https://huggingface.co/mistralai/Mistral-7B-v0.1) as a base.\n\n### Models Merged\n\nThe following models were included in the merge:\n* [a/x-7b](https://huggingface.co/a/x-7b)\n* [b/y-7b](https://huggingface.co/b/y-7b)",
        {"a/x-7b": "merge", "b/y-7b": "merge", "mistralai/Mistral-7B-v0.1": "merge"},
    ),
    ("This is a copy of `bert-base-uncased` for our tests.", {"bert-base-uncased": "conversion"}),
    ("Re-upload of the weights of facebook/opt-350m in safetensors.", {"facebook/opt-350m": "conversion"}),
    ("Mirror of https://huggingface.co/EleutherAI/pythia-70m", {"EleutherAI/pythia-70m": "conversion"}),
    ("TensorFlow weights for `camembert-base`.", {"camembert-base": "conversion"}),
    ("Converted from the original fairseq checkpoint of XLM-R XL.", {"XLM-R XL": "conversion"}),
    (
        "OpenVINO IR of `distilbert-base-cased-distilled-squad`.",
        {"distilbert-base-cased-distilled-squad": "conversion"},
    ),
    ("This repo has the ctranslate2 conversion of openai/whisper-large-v2.", {"openai/whisper-large-v2": "conversion"}),
    (
        "A lighter version of bert-base-multilingual-cased with the embeddings of 5 languages.",
        {"bert-base-multilingual-cased": "vocabulary-reduction"},
    ),
    (
        "El modelo fue entrenado a partir de `dccuchile/bert-base-spanish-wwm-cased`.",
        {"dccuchile/bert-base-spanish-wwm-cased": "finetune"},
    ),
    ("Le modèle est une version affinée de camembert-base sur FQuAD.", {"camembert-base": "finetune"}),
    ("Das Modell wurde auf Basis von deepset/gbert-large nachtrainiert.", {"deepset/gbert-large": "finetune"}),
    ("Questo modello è basato su dbmdz/bert-base-italian-uncased.", {"dbmdz/bert-base-italian-uncased": "finetune"}),
    (
        "O modelo parte do `neuralmind/bert-base-portuguese-cased` e foi treinado com HAREM.",
        {"neuralmind/bert-base-portuguese-cased": "finetune"},
    ),
    (
        "```python\nfrom simpletransformers.ner import NERModel\nmodel = NERModel('bert', 'bert-base-cased', args={'num_train_epochs': 3})\nmodel.train_model(train_df)\n```",
        {"bert-base-cased": "finetune"},
    ),
    (
        "## Training\n```python\nword_embedding_model = models.Transformer('bert-base-german-cased', max_seq_length=256)\nmodel.fit(train_objectives=[(dl, loss)], epochs=4)\n```",
        {"bert-base-german-cased": "finetune"},
    ),
    ("## Training\n\n```\nfarm_train --lang_model roberta-base --n_epochs 2\n```", {"roberta-base": "finetune"}),
    (
        '**Hyperparameters**\n```\nbatch_size = 96\nn_epochs = 2\nbase_LM_model = "roberta-base"\n```',
        {"roberta-base": "finetune"},
    ),
    (
        "```\nCUDA_VISIBLE_DEVICES=0 python run_mlm.py --model_name_or_path roberta-base --do_train --train_file x.txt\n```",
        {"roberta-base": "finetune"},
    ),
    (
        "## Training\n```python\ntrainer = SFTTrainer(model='Qwen/Qwen2-0.5B', train_dataset=ds)\ntrainer.train()\n```",
        {"Qwen/Qwen2-0.5B": "finetune"},
    ),
    (
        '## Training\n```python\nmodel_id = "google/paligemma-3b"\nargs = TrainingArguments(num_train_epochs=1)\n```',
        {"google/paligemma-3b": "finetune"},
    ),
    (
        "Irony detector. We took cardiffnlp/twitter-roberta-base and tuned it on SemEval-2018.",
        {"cardiffnlp/twitter-roberta-base": "finetune"},
    ),
    (
        "This is a question answering model: `deepset/roberta-base-squad2` with further training on CUAD.",
        {"deepset/roberta-base-squad2": "finetune"},
    ),
    ("Multilingual E5 small, fine-tuned for Czech retrieval.", {"Multilingual E5 small": "finetune"}),
    ("Fine tune of `facebook/mbart-large-50` for Sinhala headlines", {"facebook/mbart-large-50": "finetune"}),
    ("The backbone of this classifier is CamemBERT-base.", {"CamemBERT-base": "finetune"}),
    (
        "We train a bi-encoder, initialising both towers from `bert-base-uncased`.",
        {"bert-base-uncased": "initialization"},
    ),
    ("Both encoders share weights and start from xlm-roberta-base.", {"xlm-roberta-base": "finetune"}),
    ("Using `AutoTrain` I fine-tuned `distilroberta-base` for 4 labels.", {"distilroberta-base": "finetune"}),
    ("- base_model: Qwen/Qwen1.5-1.8B\n- method: LoRA", {"Qwen/Qwen1.5-1.8B": "finetune"}),
    ("Llama 3 8B Instruct fine-tuned on Polish instructions", {"Llama 3 8B Instruct": "finetune"}),
    (
        "This is an instruction-following LLM fine-tuned from EleutherAI/pythia-2.8b on 15k records.",
        {"EleutherAI/pythia-2.8b": "finetune"},
    ),
    (
        "dolly-like model derived from EleutherAI's Pythia-2.8b and fine-tuned on instructions",
        {"Pythia-2.8b": "finetune"},
    ),
    ("Phi-2 QLoRA finetune with 30k maths problems", {"Phi-2": "finetune"}),
    ("An experimental finetune of Mixtral-8x7B-v0.1.", {"Mixtral-8x7B-v0.1": "finetune"}),
    (
        "It was created by further fine-tuning `NousResearch/Hermes-2-Pro-Llama-3-8B`.",
        {"NousResearch/Hermes-2-Pro-Llama-3-8B": "finetune"},
    ),
    ("KoBERT fine-tuned on NSMC", {"KoBERT": "finetune"}),
    ("HerBERT-large trained for coreference", {"HerBERT-large": "finetune"}),
    (
        "We start with a multilingual BERT (bert-base-multilingual-cased) and train it on UD.",
        {"bert-base-multilingual-cased": "finetune"},
    ),
    (
        "The model weights were initialised with those of `indobenchmark/indobert-base-p1`.",
        {"indobenchmark/indobert-base-p1": "initialization"},
    ),
    (
        "Trained from the ViT-B/16 checkpoint `google/vit-base-patch16-224-in21k`.",
        {"google/vit-base-patch16-224-in21k": "finetune"},
    ),
    (
        "The generator was initialized from facebook/bart-base and the retriever from facebook/dpr-ctx_encoder-single-nq-base.",
        {"facebook/bart-base": "initialization", "facebook/dpr-ctx_encoder-single-nq-base": "initialization"},
    ),
    (
        "Pretraining was continued from `bert-base-japanese` with 5M patents.",
        {"bert-base-japanese": "continued-pretraining"},
    ),
    ("MobileBERT (google/mobilebert-uncased) fine-tuned on SST-2", {"google/mobilebert-uncased": "finetune"}),
    ("ggml version of `databricks/dolly-v2-3b`", {"databricks/dolly-v2-3b": "quantization"}),
    ("Quantisation (4 bit, NF4) of meta-llama/Llama-3.2-1B", {"meta-llama/Llama-3.2-1B": "quantization"}),
    ("Adapters trained for `roberta-base` with Pfeiffer configuration", {"roberta-base": "adapter"}),
    (
        "Export of `cardiffnlp/twitter-xlm-roberta-base-sentiment` to ONNX",
        {"cardiffnlp/twitter-xlm-roberta-base-sentiment": "conversion"},
    ),
    ("Flax weights converted from `xlm-roberta-base` PyTorch weights", {"xlm-roberta-base": "conversion"}),
    (
        "Merge of `a/llama-1-7b` and `b/llama-2-7b` by linear interpolation",
        {"a/llama-1-7b": "merge", "b/llama-2-7b": "merge"},
    ),
    ("Modèle: camembert-large affiné sur FQuAD", {"camembert-large": "finetune"}),
    ("Modelo basado en PlanTL-GOB-ES/roberta-base-bne", {"PlanTL-GOB-ES/roberta-base-bne": "finetune"}),
    ("Feinabgestimmtes `deepset/gelectra-base` für GermanQuAD", {"deepset/gelectra-base": "finetune"}),
]
NOT_SAID: list[str] = [
    "We compare it with bert-base-uncased and roberta-base.",
    "It outperforms BERT-large on GLUE.",
    "RoBERTa builds on BERT and modifies key hyperparameters.",
    "Unlike BERT, this model is trained from scratch.",
    "The architecture is the same as bert-base-uncased, but the weights were trained from scratch.",
    "This model can be fine-tuned like `bert-base-cased`.",
    "We recommend starting from roberta-base for your own experiments.",
    "It was not initialized from BERT.",
    "The tokenizer is that of `gpt2`.",
    "We used the tokenizer of bert-base-cased and trained the model from scratch on Wikipedia.",
    "For Dutch, see also GroNLP/bert-base-dutch-cased.",
    "In the future we will fine-tune xlm-roberta-large.",
    "You could distil it from roberta-large.",
    "The code is based on huggingface/transformers.",
    "Uses the same vocabulary as bert-base-uncased.",
    "GPT-2 is a transformers model pretrained on a very large corpus of English data.",
    "The implementation follows the BERT paper.",
    "Our hyper-parameters follow RoBERTa-base.",
    "The data was annotated by GPT-4.",
    "Dialogues generated with GPT-3.5-turbo were used for training.",
    "A model with the size of BERT-base.",
    "Similar to DistilBERT, it has 6 layers.",
    "Evaluated with the script of `allenai/longformer-base-4096`.",
    "## Related models\n\n- bert-base-finnish-cased fine-tuned on NER\n",
    "The configuration was borrowed from gpt2-medium.",
    "This is a BERT model trained from scratch on Estonian text.",
    "Filtered with a classifier based on xlm-roberta-base.",
    "The baseline is a fine-tuned bert-base-multilingual-cased.",
    "Answers were rated by a reward model based on Llama-2-13b.",
    "Training data were translated with Helsinki-NLP/opus-mt-en-de.",
    "The authors of RoBERTa showed that longer training helps.",
    "It was trained from scratch with the architecture of `gpt2`.",
    "We release three models: BERT-small, BERT-medium and BERT-base, trained on Estonian text.",
    "## Usage\n```python\nmodel = AutoModel.from_pretrained('bert-base-uncased')\n```",
    "## Usage\n```python\ntok = AutoTokenizer.from_pretrained('roberta-base')\nmodel = AutoModel.from_pretrained('lab/some-model')\n```",
    "| Model | F1 |\n|---|---|\n| bert-base-cased | 80 |\n| ours | 84 |",
    "## Results\nBERT-base fine-tuned on the same data gives 80 F1.",
    "The vocabulary comes from bert-base-multilingual-cased.",
    "The model can be used as a drop-in replacement for bert-base-uncased.",
    "Negative examples were mined with `sentence-transformers/all-mpnet-base-v2`.",
    "Speech was transcribed by openai/whisper-large-v3 before training.",
    "BERT was introduced by Devlin et al. and is based on the Transformer encoder.",
    "A version for German is available at deepset/gbert-base.",
    "Many models such as mT5 and XLM-R are fine-tuned for this task.",
    "If you need a larger one, fine-tune roberta-large on the same data.",
    "The loss follows SimCSE and the pooling of sentence-transformers/all-MiniLM-L6-v2.",
    "Thanks to the authors of dbmdz/bert-base-turkish-cased.",
    "Inspired by microsoft/DialoGPT-small.",
    "Try also the distilled version, distilbert-base-german-cased.",
    "Benchmarked against Llama-2-7b-chat and Mistral-7B-Instruct.",
    "Synthetic questions were produced by google/flan-t5-xl.",
    "The prompts come from a dataset built with GPT-4.",
    "As BERT is limited to 512 tokens, we use sliding windows.",
    "XLM-R base would need 4 GB.",
    "Annotators compared it with GPT-4 answers.",
    "It is half the size of BERT-base.",
    "Our tokenizer extends that of xlm-roberta-base by 10k tokens.",
    "The embeddings of this model live in the same space as LaBSE.",
    "Following RoBERTa, we drop next sentence prediction.",
    "Code adapted from the bert-base-ner repository.",
    "Contact us for a model based on Llama 3.",
    "Previous work fine-tuned BERT on the same corpus [2].",
    "SciBERT was trained by AllenAI on papers from Semantic Scholar.",
    "The demo runs on top of distilbert-base-uncased-finetuned-sst-2-english for filtering.",
    "GPT2 is a decoder-only transformer fine-tuned by many.",
    "We filtered the corpus with a KenLM model and labelled it with GPT-3.5.",
    "Requires transformers and the `bert-base-uncased` tokenizer.",
]


def parents(card: CardText) -> dict[str, str]:
    """Squashed parent → relation, of those that the text states."""
    facts = [fact for fact in provenance.extract(card) if isinstance(fact, DerivedFrom)]
    return {squash(fact.base): fact.relation for fact in facts if fact.evidence.origin != "inferred"}


@pytest.mark.parametrize(("text", "expected"), SAID, ids=[text[:60] for text, _ in SAID])
def test_a_parent_is_read_from(text: str, expected: dict[str, str], card: Callable[..., CardText]) -> None:
    assert parents(card(text)) == {squash(name): relation for name, relation in expected.items()}


@pytest.mark.parametrize("text", NOT_SAID, ids=[text[:60] for text in NOT_SAID])
def test_no_parent_is_read_from(text: str, card: Callable[..., CardText]) -> None:
    assert parents(card(text)) == {}
